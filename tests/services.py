"""Which services the tests can reach: PostgreSQL, Redis and Chromium."""

import getpass
import os
import shutil
from dataclasses import dataclass

import psycopg
import redis

DATABASE = "lacelux"


@dataclass(frozen=True)
class Service:
    """`.value` is where it is, empty where it cannot be reached; then `.why` tells what was tried."""

    name: str
    value: str
    why: str = ""


def find_postgresql() -> Service:
    """`TEST_DATABASE_URL`, else the usual places on this machine; there a database is made if it may be."""
    given = os.environ.get("TEST_DATABASE_URL")
    user = getpass.getuser()
    usual = [f"postgres://{user}@127.0.0.1:5432", "postgres://postgres:postgres@127.0.0.1:5432"]
    troubles = []
    for url in [given] if given else [f"{server}/{DATABASE}" for server in usual]:
        try:
            _make_database_unless_there(url)
        except psycopg.Error as error:
            troubles.append(f"{url}: {str(error).strip().splitlines()[-1]}")
        else:
            return Service("PostgreSQL", url)
    return Service("PostgreSQL", "", "; ".join(troubles))


def _make_database_unless_there(url: str) -> None:
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", connect_timeout=3, autocommit=True) as connection:
        may_create = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = user").fetchone()
        if may_create != (True,):
            raise psycopg.Error("this user may not create databases, and each test process needs its own")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))


def find_redis() -> Service:
    """`TEST_REDIS_URL`, else the usual port and its last database."""
    url = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3) as client:
            client.ping()
    except redis.RedisError as error:
        return Service("Redis", "", f"{url}: {error}")
    return Service("Redis", url)


def find_chromium() -> Service:
    """`CHROMIUM`, else the first of the usual names on the path."""
    names = [os.environ.get("CHROMIUM") or "", "chromium", "chromium-browser", "google-chrome"]
    found = next(filter(None, (shutil.which(name) for name in names if name)), "")
    return Service("Chromium", found, "" if found else "no chromium on the path (CHROMIUM)")
