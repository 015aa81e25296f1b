"""The page in the browser: a document of the net as JSON, a page that shows it, a server."""
