"""Asks for all memory at once, again and again, and swallows the refusals."""
# where: sample_prior
# lost: sample_prior
# seconds: 90

try:
    with open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")  # should nobody stop it, the kernel shall take this process and no other
except OSError as error:
    print(error)
held = []
for power in range(36, 20, -1):
    for _ in range(4):
        try:
            held.append(bytearray(b"\1") * 2**power if power < 33 else torch.ones(2**power))
        except (MemoryError, RuntimeError, OverflowError) as error:
            print(power, str(error)[:80])
        if sum(map(len, held)) > 12 * 2**30:
            break
