"""`halo run` without the training and the screen: the product's parts under its own supervisor."""

from __future__ import annotations

import asyncio
import signal

from voice_gateway.run import parts
from voice_gateway.secret_values import with_secrets
from voice_gateway.settings import Settings
from voice_gateway.supervisor import Supervisor


async def main() -> None:
    settings = with_secrets(Settings())
    supervisor = Supervisor(
        parts(settings), settings.data_dir / "logs", lambda name: print(f"again: {name}")
    )
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, supervisor.stop)
    await supervisor.run()


if __name__ == "__main__":
    asyncio.run(main())
