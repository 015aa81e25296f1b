"""LevelDB has no wheels for some Pythons: there its stores are not tested."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("plyvel") else ["test_leveldb_store.py"]
