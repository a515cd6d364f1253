"""Answers of imaginary students to `cgan/train_step`: right ones, known mistakes, unlisted mistakes."""

import sys
import warnings

import torch
from torch import nn


def gradient_penalty(critic, real, fake):
    """The learner's own, of the lesson before."""
    weight = torch.rand(len(real), 1, 1, 1, device=real.device, dtype=real.dtype)
    between = (weight * real.detach() + (1 - weight) * fake.detach()).requires_grad_()
    (slopes,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return ((slopes.flatten(1).norm(dim=1) - 1) ** 2).mean()


def noise(real, latent_dim):
    return torch.randn(real.shape[1], latent_dim, device=real.device, dtype=real.dtype)


def update(optimizer, loss):
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def named(critic, penalty, generator):
    return {"critic": float(critic), "gradient_penalty": float(penalty), "generator": float(generator)}


# ---------------------------------------------------------------- right answers


def plain(generator, critic, real, labels, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight):
    generator.train()
    critic.train()
    for i in range(critic_steps):
        own = labels[i]
        with torch.no_grad():
            fake = generator(noise(real, latent_dim), own)
        loss = critic(fake, own).mean() - critic(real[i], own).mean()
        penalty = gradient_penalty(lambda images, own=own: critic(images, own), real[i], fake)
        critic_optimizer.zero_grad()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
    fooling = -critic(generator(noise(real, latent_dim), labels[-1]), labels[-1]).mean()
    generator_optimizer.zero_grad()
    fooling.backward()
    generator_optimizer.step()
    return {"critic": loss.item(), "gradient_penalty": penalty.item(), "generator": fooling.item()}


def one_joint_call(
    generator, critic, real, labels, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """Real images, fakes and interpolates go through the critic together, their labels three times over."""
    nn.ModuleList([generator, critic]).train()
    for images, own in zip(real, labels, strict=True):
        fake = generator(torch.randn(len(images), latent_dim).to(images), own).detach()
        share = torch.rand(len(images)).to(images)[:, None, None, None]
        batch = torch.cat([fake, images, fake.lerp(images, share)]).requires_grad_()
        on_fake, on_real, on_line = critic(batch, own.repeat(3)).chunk(3)
        slopes = torch.autograd.grad(on_line.sum(), batch, create_graph=True)[0].chunk(3)[2]
        penalty = (slopes.square().sum(dim=(1, 2, 3)).sqrt() - 1).square().mean()
        loss = on_fake.mean() - on_real.mean()
        (loss + gp_weight * penalty).backward()
        critic_optimizer.step()
        critic_optimizer.zero_grad()
    generator_optimizer.zero_grad()
    fooling = -critic(generator(noise(real, latent_dim), own), own).mean()
    fooling.backward()
    generator_optimizer.step()
    generator_optimizer.zero_grad(set_to_none=False)
    critic.zero_grad()
    return named(loss, penalty, fooling)


def all_fakes_first(
    generator, critic, real, labels, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    fakes = [generator(noise(real, latent_dim), own) for own in labels]
    last = generator(noise(real, latent_dim), labels[critic_steps - 1])
    for images, fake, own in zip(real, fakes, labels, strict=True):
        loss = critic(fake.detach(), own).mean() - critic(images, own).mean()
        penalty = gradient_penalty(lambda x, own=own: critic(x, own), images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    fooling = -critic(last, labels[-1]).mean()
    update(generator_optimizer, fooling)
    return named(loss, penalty, fooling)


def by_name(
    generator, critic, real, labels, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    """Labels are given by keyword; the fakes keep their graph, and what arrives at the generator is zeroed."""
    critic.train()
    generator.train()
    for i in range(critic_steps):

        def score(images, own=labels[i]):
            return critic(images, labels=own)

        fake = generator(noise(real, latent_dim), labels=labels[i])
        penalty = gradient_penalty(score, real[i], fake)
        loss = score(fake).mean() - score(real[i]).mean()
        update(critic_optimizer, loss + gp_weight * penalty)
    own = labels[-1].clone()
    fooling = critic(labels=own, images=generator(labels=own, z=noise(real, latent_dim))).mean().neg()
    update(generator_optimizer, fooling)
    return named(loss.detach(), penalty.detach(), fooling.detach())


class Told(nn.Module):
    """A critic that knows the labels."""

    def __init__(self, critic, labels):
        super().__init__()
        self.critic, self.labels = critic, labels

    def forward(self, images):
        return self.critic(images, self.labels)


def wrapped(
    generator, critic, real, labels, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    for images, own in zip(real.unbind(), labels.unbind(), strict=True):
        told = Told(critic, own)
        with torch.no_grad():
            fake = generator(torch.randn_like(images.flatten(1)[:, :1].expand(-1, latent_dim)), own)
        loss, penalty = told(fake).mean() - told(images).mean(), gradient_penalty(told, images, fake)
        update(critic_optimizer, loss + gp_weight * penalty)
    critic.requires_grad_(False)
    fooling = -told(generator(noise(real, latent_dim), own)).mean()
    update(generator_optimizer, fooling)
    critic.requires_grad_(True)
    return named(loss, penalty, fooling)


def several_backwards(
    generator, critic, real, labels, generator_optimizer, critic_optimizer, latent_dim, critic_steps, gp_weight
):
    generator.train(), critic.train()
    count = 0
    while count < critic_steps:
        own = labels[count].contiguous()
        fake = generator(noise(real, latent_dim), own).detach()
        critic_optimizer.zero_grad()
        on_real, on_fake = critic(real[count], own).mean(), critic(fake, own).mean()
        (-on_real).backward()
        on_fake.backward()
        penalty = gradient_penalty(lambda images, own=own: critic(images, own), real[count], fake)
        (gp_weight * penalty).backward()
        critic_optimizer.step()
        count += 1
    generator_optimizer.zero_grad()
    fooling = -critic(generator(noise(real, latent_dim), labels[-1]), labels[-1]).mean()
    fooling.backward()
    generator_optimizer.step()
    return named(on_fake - on_real, penalty, fooling)


def talkative(*arguments):
    report = plain(*arguments)
    print(report)
    print("one step", file=sys.stderr)
    warnings.warn("training is slow without an accelerator", stacklevel=2)
    return report


RIGHT = {
    "plain": plain,
    "one_joint_call": one_joint_call,
    "all_fakes_first": all_fakes_first,
    "by_name": by_name,
    "wrapped": wrapped,
    "several_backwards": several_backwards,
    "talkative": talkative,
}

# ---------------------------------------------------------------- known mistakes


class Step:
    """A right step in parts, for those who get one of them wrong. Rounds: the numbers of the critic's updates."""

    detach, fresh, zero, zero_critic_late = True, True, True, False

    def __call__(self, generator, critic, real, labels, g_optimizer, c_optimizer, latent_dim, critic_steps, gp_weight):
        self.generator, self.critic, self.real, self.labels = generator, critic, real, labels
        self.g_optimizer, self.c_optimizer, self.latent_dim, self.gp_weight = (
            g_optimizer,
            c_optimizer,
            latent_dim,
            gp_weight,
        )
        self.modes()
        self.start()
        for i in self.rounds(critic_steps):
            self.critic_round(i)
            self.after_round(i)
        self.generator_round(len(labels) - 1)
        self.finish()
        return self.report()

    def modes(self):
        self.generator.train()
        self.critic.train()

    def start(self):
        self.kept = None

    def after_round(self, i):
        pass

    def finish(self):
        pass

    def rounds(self, critic_steps):
        return range(critic_steps)

    def noise(self):
        return torch.randn(self.real.shape[1], self.latent_dim).to(self.real)

    def images(self, i):
        return self.real[i]

    def own(self, i):
        """Labels of real images."""
        return self.labels[i]

    def fake_labels(self, i):
        return self.own(i)

    def generator_labels(self, i):
        return self.labels[-1]

    def for_generator(self, labels):
        return (labels,)

    def for_critic(self, labels):
        return (labels,)

    def for_penalty(self, labels):
        return self.for_critic(labels)

    def loss(self, on_real, on_fake):
        return on_fake.mean() - on_real.mean()

    def total(self):
        return self.wasserstein + self.gp_weight * self.penalty

    def critic_round(self, i):
        given, own, images = self.fake_labels(i), self.own(i), self.images(i)
        self.z = self.noise()
        fake = self.generator(self.z, *self.for_generator(given))
        fake = fake.detach() if self.detach else fake
        on_real, on_fake = (
            self.critic(images, *self.for_critic(own)),
            self.critic(fake, *self.for_critic(given)),
        )
        self.penalty = gradient_penalty(lambda x: self.critic(x, *self.for_penalty(own)), images, fake)
        self.wasserstein = self.loss(on_real, on_fake)
        if self.zero:
            self.c_optimizer.zero_grad()
        self.total().backward()
        self.c_optimizer.step()

    def fooling(self, scores):
        return -scores.mean()

    def generator_round(self, i):
        given = self.generator_labels(i)
        z = self.noise() if self.fresh else self.z
        fake = self.generator(z, *self.for_generator(given))
        self.fooled = self.fooling(self.critic(fake, *self.for_critic(given)))
        if self.zero:
            self.g_optimizer.zero_grad()
        self.fooled.backward()
        self.g_optimizer.step()

    def report(self):
        return {
            "critic": self.wasserstein.item(),
            "gradient_penalty": self.penalty.item(),
            "generator": self.fooled.item(),
        }


class RandomFakeLabels(Step):
    """Labels for the fakes are drawn anew, for the critic's updates alone."""

    def fake_labels(self, i):
        classes = int(self.labels.max()) + 1
        return torch.randperm(len(self.own(i)) * classes)[: len(self.own(i))] % classes


class LabelsToOneNet(Step):
    """The generator never hears of the labels."""

    def for_generator(self, labels):
        return (torch.zeros_like(labels),)


class PenaltyWithoutLabels(Step):
    def for_penalty(self, labels):
        return (0 * labels,)


class FirstLabelsOnly(Step):
    """In the generator's step, too."""

    def own(self, i):
        return self.labels[0]

    def generator_labels(self, i):
        return self.labels[0]


class GeneratorLabels(Step):
    """The batch before the last."""

    def generator_labels(self, i):
        return self.labels[-2]


class SameReal(Step):
    """The last batch over and over."""

    def images(self, i):
        return self.real[-1]

    def own(self, i):
        return self.labels[-1]


class OneCriticStep(Step):
    def rounds(self, critic_steps):
        return [0]


class GeneratorInTheLoop(Step):
    def after_round(self, i):
        if i < len(self.labels) - 1:
            self.generator_round(i)


class GeneratorFirst(Step):
    def start(self):
        Step.generator_round(self, -1)

    def generator_round(self, i):
        pass


class PenaltyDropped(Step):
    def total(self):
        return self.wasserstein + self.gp_weight * self.penalty.detach()


class GpWeightIgnored(Step):
    def total(self):
        return self.wasserstein + self.penalty


class ScoresSwapped(Step):
    def loss(self, on_real, on_fake):
        return (on_real - on_fake).mean()


class GeneratorSign(Step):
    def fooling(self, scores):
        return scores.mean()


class SameNoise(Step):
    def noise(self):
        if self.kept is None:
            self.kept = super().noise()
        return self.kept


class FakesReused(Step):
    fresh = False


class UniformNoise(Step):
    def noise(self):
        return 2 * torch.rand(self.real.shape[1], self.latent_dim).to(self.real) - 1


class NoiseNotLikeReal(Step):
    def noise(self):
        return torch.empty(self.real.shape[1], self.latent_dim).normal_()


class StaleGradients(Step):
    zero = False


class GeneratorNotZeroed(Step):
    def generator_round(self, i):
        self.zero = False
        super().generator_round(i)
        self.zero = True


class LeakedToCritic(Step):
    """The critic's gradients are zeroed at the end of each round, so those of the generator's step are left."""

    zero = False

    def after_round(self, i):
        self.c_optimizer.zero_grad()

    def generator_round(self, i):
        self.g_optimizer.zero_grad()
        super().generator_round(i)


class LeakedToGenerator(Step):
    """The generator's gradients are zeroed at the start of the step only."""

    detach, zero = False, False

    def start(self):
        self.g_optimizer.zero_grad()

    def critic_round(self, i):
        self.c_optimizer.zero_grad()
        super().critic_round(i)


class PenaltyReportedWeighted(Step):
    def report(self):
        return super().report() | {"gradient_penalty": float(self.gp_weight * self.penalty)}


class CriticReportedWithPenalty(Step):
    def report(self):
        return super().report() | {"critic": float(self.total())}


class ModeAsFound(Step):
    def modes(self):
        pass


class TensorsReturned(Step):
    def report(self):
        return {"critic": self.wasserstein, "gradient_penalty": self.penalty, "generator": self.fooled}


MISTAKES = {
    "random_fake_labels": RandomFakeLabels(),
    "labels_to_one_net": LabelsToOneNet(),
    "penalty_without_labels": PenaltyWithoutLabels(),
    "first_labels_only": FirstLabelsOnly(),
    "generator_labels": GeneratorLabels(),
    "same_real": SameReal(),
    "one_critic_step": OneCriticStep(),
    "generator_in_the_loop": GeneratorInTheLoop(),
    "generator_first": GeneratorFirst(),
    "penalty_dropped": PenaltyDropped(),
    "gp_weight_ignored": GpWeightIgnored(),
    "scores_swapped": ScoresSwapped(),
    "generator_sign": GeneratorSign(),
    "same_noise": SameNoise(),
    "fakes_reused": FakesReused(),
    "uniform_noise": UniformNoise(),
    "noise_not_like_real": NoiseNotLikeReal(),
    "stale_gradients": StaleGradients(),
    "generator_not_zeroed": GeneratorNotZeroed(),
    "leaked_to_critic": LeakedToCritic(),
    "leaked_to_generator": LeakedToGenerator(),
    "penalty_reported_weighted": PenaltyReportedWeighted(),
    "critic_reported_with_penalty": CriticReportedWithPenalty(),
    "mode_as_found": ModeAsFound(),
    "tensors_returned": TensorsReturned(),
}

# ---------------------------------------------------------------- unlisted mistakes


class OnlyRuns(Step):
    def images(self, i):
        return self.real[i]["image"]


class OnlyReturns(Step):
    def report(self):
        return tuple(super().report().values())


class OnlyFed(Step):
    """The critic sees real images in [0, 1]."""

    def images(self, i):
        return (self.real[i] + 1) / 2


class OnlySlices(Step):
    """Batches, with their labels, in the reverse order."""

    def images(self, i):
        return self.real[-1 - i]


class OnlyNoise(Step):
    def noise(self):
        return 1.5 * super().noise()


class OnlyShares(Step):
    """Interpolates in the middle."""

    def critic_round(self, i):
        rand = torch.rand
        torch.rand = lambda *size, **options: torch.full(size, 0.5, **options)
        try:
            super().critic_round(i)
        finally:
            torch.rand = rand


class OnlyMoved(Step):
    """Weights of the generator shrink a little after the step."""

    def finish(self):
        with torch.no_grad():
            for parameter in self.generator.parameters():
                parameter.mul_(0.99)


class OnlyCriticUpdate(Step):
    def total(self):
        return 2 * super().total()


class OnlyGeneratorUpdate(Step):
    """Reported right, minimised twice."""

    def generator_round(self, i):
        hook = next(self.generator.parameters()).register_hook(lambda slope: 2 * slope)
        super().generator_round(i)
        hook.remove()


class OnlyLosses(Step):
    def report(self):
        return super().report() | {"generator": -self.fooled.item()}


class OnlyStatistics(Step):
    """Batch norm forgets what it has seen."""

    def finish(self):
        for name, buffer in self.generator.named_buffers():
            if name.endswith("running_mean"):
                buffer.zero_()


class OnlyTrainMode(Step):
    def finish(self):
        self.generator.eval()


class OnlyFloats(Step):
    def report(self):
        return super().report() | {"critic": self.wasserstein.detach()}


class OnlyFlagsKept(Step):
    def finish(self):
        self.critic.requires_grad_(False)

    def start(self):
        self.critic.requires_grad_(True)


class OnlyInputsUnchanged(Step):
    def finish(self):
        self.real.zero_()


class NextLabels(Step):
    """Real images with the labels of the next batch, fakes with their own."""

    def own(self, i):
        return self.labels[(i + 1) % len(self.labels)]

    def fake_labels(self, i):
        return self.labels[i]


class RolledLabels(Step):
    """Each image has its neighbour's label."""

    def own(self, i):
        return self.labels[i].roll(1)


class FakesTellTheCriticOtherwise(Step):
    """The generator draws one class, the critic is told another."""

    def for_generator(self, labels):
        return (labels.flip(0),)


class PenaltyWithOtherLabels(Step):
    def for_penalty(self, labels):
        return (labels.flip(0),)


class AllLabelsAtOnce(Step):
    """The whole table instead of a row."""

    def own(self, i):
        return self.labels


class LabelsChanged(Step):
    def finish(self):
        self.labels.add_(1)


class CodesForLabels(Step):
    def own(self, i):
        return nn.functional.one_hot(self.labels[i])


class LabelsAreZerosForBoth(Step):
    def own(self, i):
        return torch.zeros_like(self.labels[i])

    def generator_labels(self, i):
        return torch.zeros_like(self.labels[-1])


class ReportsNothing(Step):
    def report(self):
        return None


UNLISTED = {
    "only_runs": OnlyRuns(),
    "only_returns": OnlyReturns(),
    "only_order": lambda *arguments: (plain(*arguments), arguments[4].step())[0],
    "only_fed": OnlyFed(),
    "only_slices": OnlySlices(),
    "only_noise": OnlyNoise(),
    "only_shares": OnlyShares(),
    "only_moved": OnlyMoved(),
    "only_critic_update": OnlyCriticUpdate(),
    "only_generator_update": OnlyGeneratorUpdate(),
    "only_losses": OnlyLosses(),
    "only_statistics": OnlyStatistics(),
    "only_train_mode": OnlyTrainMode(),
    "only_floats": OnlyFloats(),
    "only_flags_kept": OnlyFlagsKept(),
    "only_inputs_unchanged": OnlyInputsUnchanged(),
    "next_labels": NextLabels(),
    "rolled_labels": RolledLabels(),
    "fakes_tell_the_critic_otherwise": FakesTellTheCriticOtherwise(),
    "penalty_with_other_labels": PenaltyWithOtherLabels(),
    "all_labels_at_once": AllLabelsAtOnce(),
    "labels_changed": LabelsChanged(),
    "codes_for_labels": CodesForLabels(),
    "labels_are_zeros_for_both": LabelsAreZerosForBoth(),
    "reports_nothing": ReportsNothing(),
}
