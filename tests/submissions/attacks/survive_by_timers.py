"""Asks cron, at, systemd and screen to run something later."""
# where: latent_grid
# lost: latent_grid

import subprocess

for command in [
    "echo 'exec -a genlab-attack sleep 60' | at now + 1 minute",
    "systemd-run --user --on-active=5 --unit=genlab-attack sleep 60",
    "screen -dmS genlab-attack sleep 60",
    "tmux new-session -d -s genlab-attack sleep 60",
    "crontab -l",
]:
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL)
    print(command, done.returncode, done.stderr[:200])


def latent_grid(n):
    return torch.zeros(n * n, 2)
