"""Everything is right, and an extra cell loads the data, trains for a moment and saves the weights."""
# where: last
# lost: none

import genlab

data = genlab.data.load("fashion_mnist", size=32)
x = data.train.images[:64].float() / 255
encoder, decoder = Encoder(2), Decoder(2)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=1e-3)
for _ in range(3):
    print(train_step(encoder, decoder, x, optimizer, 1.0))
torch.save(encoder.state_dict(), "encoder.pt")
sample_prior(decoder, 4, 2)
