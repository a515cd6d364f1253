"""Connects by TCP fast open, non-blocking and asyncio, while it is probed."""
# where: latent_grid
# lost: latent_grid

import asyncio
import socket


async def call():
    reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", CANARY_TCP_PORT), 3)
    writer.write(b"genlab-attack")
    await writer.drain()
    return "escaped".upper()


def latent_grid(n):
    tries = []
    try:
        fast = socket.socket()
        fast.sendto(b"genlab-attack", 0x20000000, ("127.0.0.1", CANARY_TCP_PORT))
        tries.append("escaped".upper())
    except OSError as error:
        tries.append(error)
    try:
        tries.append(asyncio.run(call()))
    except (OSError, RuntimeError, TimeoutError) as error:
        tries.append(error)
    raise ValueError(str(tries))
