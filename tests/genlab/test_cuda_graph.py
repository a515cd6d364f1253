"""A graphed step trains as the step itself does: on a GPU to the same numbers, and elsewhere it is the step itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

import genlab
from genlab.training import fingerprint
from genlab.training.cuda_graph import _CannotRecord, _Later, _reason, _Recorder, _signature

IMAGES = torch.randint(0, 256, (250, 1, 4, 4), dtype=torch.uint8, generator=torch.Generator().manual_seed(5))
on_a_gpu = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


def train_step(generator: nn.Module, critic: nn.Module, real: Tensor, g_adam: Any, c_adam: Any, noise: float) -> Any:
    """One step of a GAN with a penalty's second derivatives, noise, batch norm and dropout."""
    generator.train()
    critic.train()
    fake = generator(torch.randn(len(real), 4, device=real.device))
    mixed = (real + noise * torch.rand_like(real)).requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
    c_loss = critic(fake.detach()).mean() - critic(real).mean() + slope.square().mean()
    c_adam.zero_grad()
    c_loss.backward()
    c_adam.step()
    g_loss = -critic(fake).mean()
    g_adam.zero_grad()
    g_loss.backward()
    g_adam.step()
    return {"critic": c_loss.item(), "generator": g_loss.item()}


def seeded(device: str) -> torch.Generator:
    return torch.Generator(device).manual_seed(1)


class Gan:
    """Networks and optimizers of one training run with `step`, which is given train_step or what graphed made of it."""

    def __init__(self, step: Callable[..., Any], device: str, fused: bool | None = None) -> None:
        torch.manual_seed(0)
        self.step, self.device = step, device
        # no biases whose gradient is zero but for rounding, which Adam would make large
        layers = nn.Linear(4, 16, bias=False), nn.BatchNorm1d(16), nn.SiLU(), nn.Linear(16, 16)
        self.generator = nn.Sequential(*layers).to(device)
        layers = nn.Linear(16, 16), nn.SiLU(), nn.Dropout(0.3), nn.Linear(16, 1, bias=False)
        self.critic = nn.Sequential(*layers).to(device)
        self.adams = [torch.optim.Adam(n.parameters(), lr=1e-3, fused=fused) for n in (self.generator, self.critic)]
        self.pictures: list[Tensor] = []
        self.outside: list[float] = []

    def draw(self, *_: object) -> None:
        """Pictures in eval mode, which the next step has to leave again."""
        self.generator.eval()
        self.pictures.append(self.generator(torch.ones(3, 4, device=self.device)).detach().cpu())

    def fit(self, epochs: int = 3) -> genlab.History:
        """Twelve batches of 20 an epoch and one of 10; random numbers are drawn between the steps too."""

        def step(x: Tensor) -> Any:
            self.outside.append(torch.rand(1, device=self.device).item())
            return self.step(self.generator, self.critic, x.flatten(1), *self.adams, 0.1)

        torch.manual_seed(1)
        random.seed(1)
        state = {"generator": self.generator, "critic": self.critic, "g": self.adams[0], "c": self.adams[1]}
        return genlab.fit(step, IMAGES, epochs=epochs, batch_size=20, state=state, on_epoch=self.draw, live=False)

    def tensors(self) -> list[Tensor]:
        networks = [*self.generator.state_dict().values(), *self.critic.state_dict().values()]
        moments = [t for adam in self.adams for state in adam.state.values() for t in state.values()]
        return [t.detach().float().cpu() for t in (*networks, *moments, *self.pictures)]


def assert_same(step: Callable[..., Any], plain: Callable[..., Any], device: str, fused: bool | None = None) -> None:
    one, other = Gan(step, device, fused), Gan(plain, device, fused)
    found, expected = one.fit(), other.fit()
    assert one.outside == other.outside, "the random numbers outside the step are others"
    for key, losses in expected.steps.items():
        torch.testing.assert_close(found.steps[key], losses, rtol=1e-4, atol=1e-5)
    for mine, theirs in zip(one.tensors(), other.tensors(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-4)


def test_on_the_cpu_it_is_the_step_itself():
    step = genlab.graphed(train_step)
    assert step.__name__ == "train_step" and step.__doc__ == train_step.__doc__
    assert_same(step, train_step, "cpu")


def test_a_checkpoint_knows_what_was_graphed():
    def other(generator: nn.Module) -> float:
        return 2.0

    digests = [fingerprint.of_code(genlab.graphed(step)) for step in (train_step, other, train_step)]
    assert digests[0] == digests[2] != digests[1]


def test_a_number_waits_for_the_replay_and_cannot_be_used_before():
    with _Recorder():
        later = torch.ones(1).sum().item()
        assert isinstance(later, _Later) and later.tensor == pytest.approx(1.0)
        for use in (
            lambda: later + 1.0,
            lambda: 2 / later,
            lambda: -later,
            lambda: later > 0,
            lambda: later == 1,
            lambda: bool(later),
            lambda: float(later),
            lambda: str(later),
            lambda: f"{later:.3f}",
            lambda: sum([later, later]),
        ):
            with pytest.raises(_CannotRecord, match="before it returns"):
                use()


def test_picking_by_number_and_random_numbers_of_the_default_generator_are_recorded():
    x = torch.arange(6.0).reshape(2, 3)
    with _Recorder():
        found = [x[0], x[:, 1], x[torch.tensor([1, 0])], x[None, ..., 2:], torch.rand_like(x), F.dropout(x)]
    assert [t.shape.numel() for t in found] == [3, 2, 6, 2, 6, 6]
    with pytest.raises(_CannotRecord, match="generator of its own"), _Recorder():
        torch.rand(2, generator=torch.Generator())


@pytest.mark.parametrize(
    "look",
    [
        *(float, int, bool, str, Tensor.tolist, Tensor.numpy, Tensor.cpu, Tensor.nonzero, Tensor.unique),
        lambda t: f"{t:.3f}",
        lambda t: t > 0 and t,
        lambda t: t[t > 0],
        lambda t: t.expand(2, 2)[0, torch.tensor([True, False])],
        lambda t: torch.equal(t, t),
    ],
)
def test_no_value_is_seen_while_recording(look: Callable[[Tensor], Any]):
    with pytest.raises(_CannotRecord, match="before it returns"), _Recorder():
        look(torch.ones(()))


def test_calls_are_alike_only_where_nothing_that_matters_differs():
    gan, x = Gan(train_step, "cpu"), torch.zeros(2, 4)
    call = (gan.generator, x, gan.adams[0], 3, 0.1, "mean", None)
    first = _signature(call)
    assert _signature(call) == first and _signature((gan.generator, torch.ones(2, 4), *call[2:])) == first
    for other in ((gan.critic, *call[1:]), (gan.generator, x[:1], *call[2:]), (*call[:3], 4, *call[4:])):
        assert _signature(other) != first
    assert _signature([[x]]) != _signature([[x]]), "a list may hold other tensors next time"
    for change, back in (
        (gan.generator[1].eval, gan.generator[1].train),
        (lambda: gan.adams[0].param_groups[0].update(lr=1.0), lambda: gan.adams[0].param_groups[0].update(lr=1e-3)),
        (
            lambda: gan.generator[0].weight.requires_grad_(requires_grad=False),
            gan.generator[0].weight.requires_grad_,
        ),
    ):
        change()
        assert _signature(call) != first
        back()
        assert _signature(call) == first
    gan.adams[0].load_state_dict(gan.adams[0].state_dict())
    assert _signature(call) != first


def test_an_error_without_a_message_is_told_too():
    assert _reason(AssertionError()) == "recording stopped with AssertionError: "


class TestOnAGpu:
    pytestmark = on_a_gpu

    @pytest.mark.parametrize("fused", [True, False, None])
    def test_it_trains_to_the_same_numbers(self, fused: bool | None):
        assert_same(genlab.graphed(train_step), train_step, "cuda", fused)

    def test_python_is_skipped_only_in_replays(self):
        calls: list[int] = []

        def counted(*args: Any) -> Any:
            calls.append(len(args[2]))
            return train_step(*args)

        gan = Gan(genlab.graphed(counted), "cuda")
        gan.fit()
        # three to warm up and the recorded one; the short batch of each epoch; what follows pictures drawn in eval mode
        assert calls == [20] * 4 + [10, 20, 10, 20, 10]

    def test_a_replay_draws_new_random_numbers(self):
        step = genlab.graphed(lambda x: torch.rand_like(x).mean().item())
        x = torch.zeros(50, device="cuda")
        assert len({step(x) for _ in range(20)}) == 20

    def test_another_learning_rate_other_networks_and_a_loaded_state_are_noticed(self):
        def several(step: Callable[..., Any]) -> list[Tensor]:
            gan = Gan(step, "cuda", fused=True)
            gan.fit(3)
            for adam in gan.adams:
                adam.param_groups[0]["lr"] = 1e-2
            gan.fit(2)
            for adam in gan.adams:
                adam.load_state_dict(adam.state_dict())
            gan.fit(3)
            torch.cuda.empty_cache()
            other = Gan(step, "cuda", fused=True)
            other.fit(2)
            gan.fit(2)
            return gan.tensors() + other.tensors()

        for mine, theirs in zip(several(genlab.graphed(train_step)), several(train_step), strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-4)

    @pytest.mark.parametrize(
        ("look", "reason"),
        [
            (lambda losses, x: {key: float(value) for key, value in losses.items()}, "uses a loss's number"),
            (lambda losses, x: print(losses["critic"]) or losses, "uses a loss's number"),
            (lambda losses, x: losses | {"mean": float(x.mean())}, "looks at a value"),
            (lambda losses, x: losses | {"mean": x.mean().cpu().item()}, "looks at a value"),
            (lambda losses, x: losses | {"noise": torch.rand(1).to(x.device).item()}, ""),
            (lambda losses, x: losses | {"noise": x.mean().mul(random.random()).item()}, "random numbers on the CPU"),
            (lambda losses, x: losses | {"constant": 3.0}, "something else than losses"),
            (lambda losses, x: losses | {"count": x[x > 0.5].sum().item()}, "looks at a value"),
            (lambda losses, x: losses | {"count": torch.argwhere(x > 0.5).sum().item()}, ""),
            (
                lambda losses, x: losses | {"own": torch.rand(1, generator=seeded("cpu")).to(x.device).item()},
                "generator of its own",
            ),
            (
                lambda losses, x: losses | {"own": torch.rand(1, device="cuda", generator=seeded("cuda")).item()},
                "recording stopped",
            ),
        ],
    )
    def test_what_cannot_be_recorded_trains_as_it_is(
        self, look: Callable[..., Any], reason: str, capsys: pytest.CaptureFixture[str]
    ):
        def step(*args: Any) -> Any:
            return look(train_step(*args), args[2])

        one, other = Gan(genlab.graphed(step), "cuda", True), Gan(step, "cuda", True)
        found = one.fit()
        told = capsys.readouterr().out
        expected = other.fit()
        assert told.count("not replayed as a CUDA graph") == 1 and reason in told
        assert one.outside == other.outside
        for key, losses in expected.steps.items():
            torch.testing.assert_close(found.steps[key], losses, rtol=1e-4, atol=1e-5)
        for mine, theirs in zip(one.tensors(), other.tensors(), strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-4)

    def test_an_error_of_the_step_is_the_steps(self):
        def broken(x: Tensor) -> float:
            raise RuntimeError("the learner's mistake")

        with pytest.raises(RuntimeError, match="the learner's mistake"):
            genlab.graphed(broken)(torch.zeros(1, device="cuda"))
