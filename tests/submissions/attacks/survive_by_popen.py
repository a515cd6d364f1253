"""Starts programs in new sessions and process groups that outlast it."""
# where: latent_grid
# lost: latent_grid

import subprocess

COMMANDS = [
    "exec -a genlab-attack sleep 900",
    "nohup bash -c 'exec -a genlab-attack sleep 900' &",
    "setsid bash -c 'exec -a genlab-attack sleep 900' & disown -a",
]
for command in COMMANDS:
    for options in ({"start_new_session": True}, {"process_group": 0}, {}):
        try:
            subprocess.Popen(
                ["bash", "-c", command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **options,
            )
        except (OSError, TypeError, subprocess.SubprocessError) as error:
            print(error)


def latent_grid(n):
    return torch.zeros(n * n, 2)
