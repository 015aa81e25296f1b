"""The environment variables that protonet reads: `protonet help environment`."""

from __future__ import annotations

VARIABLES = {
    "PROTONET_NUM_THREADS": "how many threads compute (default: one for each core)",
    "PROTONET_CACHE": "folder for data sets and models (default: protonet in the cache folder)",
    "PROTONET_MAX_MEMORY": "bytes that a net, blob or file may take (default: all there is)",
    "PROTONET_MAX_PIXELS": "pixels that a picture may have (default: 100M)",
    "PROTONET_MAX_LAYERS": "layers that a net may have (default: 100k)",
    "PROTONET_DEBUG": "1 shows the traceback of an error",
    "GLOG_minloglevel": "least level of the log that is shown: 0 all, 1 warnings, 2 errors, 3 none",
    "NO_COLOR": "if set, no colours in the terminal",
    "TERM": "dumb, or missing: plot draws with plain characters",
    "MPLCONFIGDIR": "folder of Matplotlib (default: in ours, unless it has one in the home folder)",
    "XDG_CACHE_HOME": "the cache folder on Linux (default: ~/.cache)",
    "LOCALAPPDATA": "the cache folder on Windows",
}


def described() -> str:
    width = max(map(len, VARIABLES))
    return "\n".join(
        [
            "Environment variables that protonet reads:",
            "",
            *(f"  {name:<{width}}  {text}" for name, text in VARIABLES.items()),
        ]
    )
