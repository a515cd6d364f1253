"""Never ends in the body of a class that nobody needs; every answer is right."""
# where: first
# lost: none
# seconds: 400


class Endless:
    while True:
        pass
