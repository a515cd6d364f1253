"""Returns a list that contains itself, and a dict that grows while it is read."""
# where: train_step
# lost: train_step


class Growing(dict):
    def items(self):
        number = 0
        while True:
            number += 1
            yield str(number), self


def train_step(encoder, decoder, x, optimizer, beta):
    loop = []
    loop += [loop, loop]
    return loop if x.shape[0] % 2 else Growing(total=1.0)
