"""A temporary Prefect server: `python -P serve.py` answers on the socket that it has as stdin.

A process of its own, started by server.py beside it.
"""

import socket

import uvicorn
from prefect.server.api.server import create_app

if __name__ == "__main__":
    app = create_app(ephemeral=True, final=True)
    config = uvicorn.Config(app, log_level="error", lifespan="on")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=0)])
