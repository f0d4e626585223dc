#!/usr/bin/env python3
"""Creates conversations over several connections until the time has passed or the server takes no more connections.

Prints what became of the requests, and writes the identifier and title of each that was answered with 201: what the server has promised to keep.
A request counts as failed when it was sent and has no whole answer, or another one than 201. A connection that is refused has sent nothing.
"""
import argparse
import http.client
import json
import threading
import time
import urllib.parse

options = argparse.ArgumentParser(description=__doc__)
options.add_argument("url")
options.add_argument("--connections", type=int, default=8)
options.add_argument("--seconds", type=float, default=30)
options.add_argument("--token")
options.add_argument("--acknowledged", help="a file for identifiers and titles")
options = options.parse_args()

address = urllib.parse.urlsplit(options.url)
headers = {"Content-Type": "application/json"}
if options.token:
    headers["Authorization"] = f"Bearer {options.token}"
end = time.monotonic() + options.seconds
lock = threading.Lock()
acknowledged, failures = [], []


def create(connection, title):
    """One request; its identifier and whether the connection lives on."""
    connection.request("POST", "/conversations", json.dumps({"title": title}), headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 201:
        raise http.client.HTTPException(f"{answer.status} {body[:200]!r}")
    return json.loads(body)["id"], not answer.will_close


def work(number):
    count = 0
    while time.monotonic() < end:
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=40)
        try:
            connection.connect()
        except OSError:
            return
        alive = True
        while alive and time.monotonic() < end:
            count += 1
            title = f"connection {number}, conversation {count}"
            try:
                identifier, alive = create(connection, title)
            except (OSError, http.client.HTTPException) as error:
                with lock:
                    failures.append(f"{title}: {type(error).__name__} {error}")
                return
            with lock:
                acknowledged.append((identifier, title))
        connection.close()


threads = [threading.Thread(target=work, args=[number]) for number in range(options.connections)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if options.acknowledged:
    with open(options.acknowledged, "w", encoding="utf-8") as file:
        file.writelines(f"{identifier}\t{title}\n" for identifier, title in sorted(acknowledged))
print(json.dumps({"acknowledged": len(acknowledged), "failed": len(failures), "failures": failures[:3]}))
