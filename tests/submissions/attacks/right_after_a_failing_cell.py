"""Everything is right, but a first cell fails, as the one that mounts Google Drive does everywhere else."""
# where: first
# lost: none

from google.colab import drive

drive.mount("/content/drive")
# %cd /content/drive/MyDrive
