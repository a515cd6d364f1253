"""The table of what goes wrong for people who begin: how an exception tells, and the sentence that helps."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BYTES = "Images come as bytes from 0 to 255: make floats of them first, for example `x.float() / 255`."
_LIKE = "Create new tensors with the dtype and device of the inputs, for example by `torch.zeros_like(x)` or `.to(x)`."


@dataclass(frozen=True)
class Trouble:
    """A thing that goes wrong: what it is called, how an exception tells, and what to do.

    signs: a pattern for "Type: message" of an exception; "" where another part of the kit finds it and says it itself.
    """

    topic: str
    title: str
    signs: str
    advice: str

    def explains(self, text: str) -> bool:
        """Whether an exception, as "Type: message", is of this kind."""
        return bool(self.signs) and re.search(self.signs, text) is not None


KERNEL, SHAPES, TYPES, GRADIENTS, MODULES, MACHINE, DATA, FILES = (
    "The notebook and its kernel",
    "Shapes",
    "Types and devices",
    "Gradients",
    "Functions and modules",
    "Training and the machine",
    "Data",
    "Files and commands",
)

# The first that explains an exception is taken.
TROUBLES = (
    Trouble(
        KERNEL,
        "The kernel is another Python than the one with the kit",
        r"No module named '(genlab|autograder)",
        "This kernel is a Python without the kit. Choose the one of the environment that has it (Kernel → Change Kernel), or run "
        "the set-up cell, which installs the kit into this one.",
    ),
    Trouble(
        KERNEL,
        "Python is too old",
        "",
        "The kit needs Python 3.11 or newer. Make an environment with a newer one and choose its kernel (Kernel → Change Kernel).",
    ),
    Trouble(
        KERNEL,
        "A package is missing",
        r"ModuleNotFoundError: No module named",
        "This package is not installed for this kernel. `%pip install NAME` in a cell installs it there; then restart the kernel.",
    ),
    Trouble(
        KERNEL,
        "Cells out of order, or a kernel that was restarted",
        r"NameError: |UnboundLocalError: ",
        "Nothing has that name yet. Was the kernel restarted, or a cell above not run? Run → Run All Above Selected Cell. Inside "
        "an answer use only its arguments, imports, UPPER_CASE constants and what earlier cells define.",
    ),
    Trouble(
        KERNEL,
        "An edit that was not run",
        "",
        "This is the very answer of the last check. After an edit run its cell first, then the check.",
    ),
    Trouble(
        KERNEL,
        "An object of a class that was defined anew",
        r"super\(type, obj\): obj must be an instance",
        "The cell of the class was run again, and this object is of the class before. Run the cell that makes the object again, too.",
    ),
    Trouble(
        KERNEL,
        "Half a line, or an indentation that slipped",
        r"SyntaxError: |IndentationError: |TabError: ",
        "Look at that line and the one before it: a bracket or quote that is not closed, a missing colon, or lines that do not "
        "start in the same column.",
    ),
    Trouble(
        KERNEL,
        "The stub's last line is still there",
        r"NotImplementedError: ?$",
        "A `raise NotImplementedError` is still in the way: remove it once your code is there.",
    ),
    Trouble(
        SHAPES,
        "Noise without a height and a width",
        r"to conv_transpose2d, but got input of size: \[\d+, \d+\]$",
        "A transposed convolution takes (N, C, H, W), and this is (N, C): `z[:, :, None, None]` makes it a picture of one pixel.",
    ),
    Trouble(
        SHAPES,
        "The batch axis is missing",
        r"Expected 3D \(unbatched\) or 4D|expected \dD( or \dD)? input \(got",
        "Images go in as (N, C, H, W). A single image needs its batch axis, `x[None]`, and grey ones their channel axis, `x[:, None]`.",
    ),
    Trouble(
        SHAPES,
        "Channels are not where they belong",
        r"Given (groups|transposed)=\d+, weight of size",
        "Channels are the second axis, (N, C, H, W): `x.permute(0, 3, 1, 2)` moves them there from the end, and `x[:, None]` adds "
        "one. If they are there, the layer's number of input channels is not what the layer before gives.",
    ),
    Trouble(
        SHAPES,
        "A linear layer gets another number of features",
        r"shapes cannot be multiplied|size mismatch, got input|must be equal to, but got|inconsistent tensor size",
        "Print the shapes just before that line: the last axis has to be what the layer takes. Where pictures come before it, "
        "`x.flatten(1)` makes rows of them and keeps the batch axis; where they are rows already, how many numbers has one?",
    ),
    Trouble(
        SHAPES,
        "Two shapes do not fit together",
        r"must match the (existing )?size|Target size|target size|to match target batch_size|same number of dimensions",
        "Print the shapes just before that line. Sizes are compared from the last axis on: is there an axis too many or too few, "
        "as in (N, 1) and (N,), or was the wrong one reduced?",
    ),
    Trouble(
        SHAPES,
        "A view with another number of elements",
        r"is invalid for input of size|view size is not compatible",
        "Print the shape just before that line. Leave the batch to `x.shape[0]`, one other axis to -1, and use `reshape` after a "
        "`permute` or a transpose.",
    ),
    Trouble(
        SHAPES,
        "A picture smaller than the kernel",
        r"Kernel size can't be greater than actual input size",
        "The picture has become smaller than the kernel: print its size after each layer, and look at strides and padding.",
    ),
    Trouble(
        TYPES,
        "Images are still bytes (uint8)",
        r"unsigned char|(got|Got:) Byte",
        _BYTES,
    ),
    Trouble(
        TYPES,
        "Class numbers have to be int64",
        r"expected target dtype to be Long|expected scalar type Long|index tensor of type LongTensor",
        "Class numbers are int64: `labels.long()`. Their shape is (N,), without a one-hot axis.",
    ),
    Trouble(
        TYPES,
        "Whole numbers where floats are needed",
        r"not implemented for '(Long|Int|Bool|Short|Char)'|could not infer output dtype|Only Tensors of floating point",
        "These are whole numbers, and the operation needs floats: `x.float()`.",
    ),
    Trouble(
        TYPES,
        "float32 meets float64",
        r"must have the same dtype|expected scalar type|expected m1 and m2|Input type \(\w+\) and (bias|weight) type|Found dtype",
        f"{_LIKE} What comes from NumPy is float64, and networks are float32: `x.float()`.",
    ),
    Trouble(
        TYPES,
        "Two devices in one operation",
        r"on the same device|not on the expected device|torch\.cuda\.\w*Tensor|should be the same or input should be a MKLDNN",
        f"One tensor is on the GPU, the other on the CPU. {_LIKE} Networks move with `.to(DEVICE)`, batches too.",
    ),
    Trouble(
        TYPES,
        "A label or index that does not exist",
        r"Target -?\d+ is out of bounds|device-side assert",
        "Class numbers run from 0 to the number of classes - 1: look at `labels.min()` and `labels.max()`. On a GPU restart the "
        "kernel afterwards; with GENLAB_DEVICE=cpu the message names the line.",
    ),
    Trouble(
        TYPES,
        "Logits where probabilities are needed",
        r"elements of (input|target) should be between 0 and 1",
        "`F.binary_cross_entropy` takes probabilities. Are these logits? Then `F.binary_cross_entropy_with_logits` is meant.",
    ),
    Trouble(
        GRADIENTS,
        "A tensor changed in place",
        r"in-?place operation",
        "Make a new tensor instead of changing one in place: `x = x + 1`, not `x += 1` or `x[0] = 1`; parameters are changed "
        "under `torch.no_grad()`. An optimizer's step changes them, too: does one come between the forward pass and its `backward()`?",
    ),
    Trouble(
        GRADIENTS,
        "Backward twice through one graph",
        r"backward through the graph a second time",
        "Compute the loss anew before each `backward()`. Where a result of one network enters two losses, `.detach()` it for the one "
        "that must not train that network.",
    ),
    Trouble(
        GRADIENTS,
        "A loss that is cut off from the parameters",
        r"does not require grad and does not have a grad_fn",
        "Nothing that trains is behind this loss: look for `.item()`, `.detach()`, `.numpy()`, `torch.tensor(…)` of a result, or a "
        "`torch.no_grad()` on the way.",
    ),
    Trouble(
        GRADIENTS,
        "Backward from more than one number",
        r"implicitly created only for scalar|can(not)? be converted to (a )?Scalar|converted to Python scalar",
        "A loss is one number: take the mean, or the sum, over what is left.",
    ),
    Trouble(
        GRADIENTS,
        "NumPy wants a tensor without its graph",
        r"numpy\(\) on Tensor that requires grad|can't convert cuda",
        "For a picture or NumPy, `x.detach().cpu().numpy()`; in an answer stay with tensors.",
    ),
    Trouble(
        MODULES,
        "super().__init__() was forgotten",
        r"before Module\.__init__\(\)|has no attribute '_(parameters|modules|buffers|backward_hooks|forward_hooks)'",
        "Call `super().__init__()` on the first line of `__init__`.",
    ),
    Trouble(
        MODULES,
        "A module without forward",
        r"missing the required \"forward\"",
        "A module needs a method `forward(self, x)`, spelt so and indented into the class.",
    ),
    Trouble(
        MODULES,
        "A return was forgotten",
        r"NoneType",
        "Something is None here: a function that ends without `return` gives None. Does each of yours return its result, on every way?",
    ),
    Trouble(
        MODULES,
        "A class that is called in place of an object",
        r"__init__\(\) takes 1 positional argument but",
        "This is a class, and what it got belongs to an object of it: make one first, as in `layer = Layer()`, then call `layer(x)`.",
    ),
    Trouble(
        MODULES,
        "Other arguments than the stub's",
        r"positional arguments?|unexpected keyword argument",
        "Keep the arguments of the stub, in its order: they are passed by position.",
    ),
    Trouble(
        MODULES,
        "An optimizer without parameters",
        r"optimizer got an empty parameter list",
        "The network has no parameters: assign layers to `self` in `__init__`, and lists of layers as `nn.ModuleList` or `nn.Sequential`.",
    ),
    Trouble(
        MODULES,
        "A layer whose size is not known yet",
        r"uninitialized parameter",
        "A lazy layer has no parameters before its first call: say how many inputs it gets, or call the network once in `__init__`.",
    ),
    Trouble(
        MODULES,
        "Batch norm with one value per channel",
        r"Expected more than 1 value per channel",
        "Batch norm in train mode needs more than one image: which mode is the network in, and which should it be in?",
    ),
    Trouble(
        MODULES,
        "A loop that never ends",
        r"OutOfTime",
        "Something repeats for ever at that line. Does what the loop's condition looks at change inside it, towards the end? Print it, run the "
        "cell with a small input, and stop it with Kernel → Interrupt.",
    ),
    Trouble(
        MODULES,
        "exit() in an answer",
        r"SystemExit",
        "Leave `exit()` and `sys.exit()` out of a solution.",
    ),
    Trouble(
        MACHINE,
        "The GPU's memory is full",
        r"CUDA out of memory|OutOfMemoryError|CUBLAS_STATUS_ALLOC_FAILED|MPS backend out of memory",
        "Halve the batch size, and restart the kernel, which lets go of what earlier runs hold. Losses are kept as `loss.item()`, not "
        "as tensors; pictures are drawn under `torch.no_grad()`. Other notebooks on this GPU hold memory, too: shut them down.",
    ),
    Trouble(
        MACHINE,
        "The memory is full",
        r"can't allocate memory|not enough memory|^MemoryError|Unable to allocate",
        "That tensor is larger than the memory. Print the shapes just before that line: one axis too many, or a batch that is all of the data?",
    ),
    Trouble(
        MACHINE,
        "There is a GPU, but PyTorch was built for the CPU",
        r"not compiled with CUDA|No CUDA GPUs|no NVIDIA driver",
        "This PyTorch cannot use a GPU. Take `genlab.device()` in place of 'cuda'; on a machine with an NVIDIA GPU install the CUDA build "
        "of PyTorch (pytorch.org/get-started/locally), in Colab choose Runtime → Change runtime type.",
    ),
    Trouble(
        MACHINE,
        "The loss became NaN",
        "",
        "Lower the learning rate; add a small number before a logarithm, root or division; build the networks anew before the next run.",
    ),
    Trouble(
        MACHINE,
        "A checkpoint of another network",
        r"Error\(s\) in loading state_dict",
        "These weights are of a network with other layers or sizes. Build the network as it was when they were saved, or train anew: "
        "`genlab.forget(name)` removes the checkpoint of a run.",
    ),
    Trouble(
        DATA,
        "No network",
        r"URLError|ConnectionError|Temporary failure in name resolution|Name or service not known|getaddrinfo failed",
        "There is no connection. The kit goes on with what is on this machine, or draws a stand-in for the data; `GENLAB_OFFLINE=1` "
        "keeps it from trying.",
    ),
    Trouble(
        DATA,
        "No Kaggle credentials",
        "",
        "Make a token on kaggle.com/settings and put it in ~/.kaggle/kaggle.json, the environment or .env. Without one the kit draws a "
        "stand-in.",
    ),
    Trouble(
        DATA,
        "The terms of a data set were not accepted",
        "",
        "Log in on kaggle.com, open the data set's page and accept its terms there; then run the cell again.",
    ),
    Trouble(
        FILES,
        "The disk is full",
        r"No space left on device|not enough space on the disk",
        "Make room on the disk, or set GENLAB_HOME to a folder on a larger one. Nothing was half-written.",
    ),
    Trouble(
        FILES,
        "A folder that cannot be written to",
        r"PermissionError|Read-only file system",
        "Choose a folder that is yours: set GENLAB_HOME for what the kit keeps, or move your notebooks.",
    ),
    Trouble(
        FILES,
        "The notebook was not saved",
        "",
        "`genlab check` and `genlab start` see what is on the disk: save first (Ctrl-S). Jupyter shows a dot on the tab until it is.",
    ),
    Trouble(
        FILES,
        "Another file or folder than meant",
        "",
        "Lessons are in the folder lessons/; `genlab check` takes the path of one, from the folder you are in.",
    ),
)
