"""Never ends, blocks all signals, and swallows every interrupt."""
# where: latent_grid
# lost: latent_grid
# seconds: 120

import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
