"""Ends the process inside the network's forward, when it is probed."""
# where: Sampling
# lost: Sampling Encoder

import os


class Sampling(nn.Module):
    def forward(self, z_mean, z_log_var):
        os._exit(0)
