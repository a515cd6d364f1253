"""Answers of imaginary students to `vae_faces/add_attribute`: right ones, known mistakes, unlisted mistakes."""

import numpy as np
import torch

# ---------------------------------------------------------------- right answers


def plain(z, vector, strengths):
    return z.unsqueeze(-2) + strengths[:, None] * vector


def by_outer_product(z, vector, strengths):
    return z[..., None, :] + torch.outer(strengths, vector)


def by_cases(z, vector, strengths):
    steps = torch.einsum("s,d->sd", strengths, vector)
    if z.dim() == 1:
        return z + steps
    return z.reshape(len(z), 1, -1) + steps.reshape(1, *steps.shape)


def loops(z, vector, strengths):
    rows = [z + s * vector for s in strengths]
    return torch.stack(rows, dim=-2)


def repeated(z, vector, strengths):
    faces = torch.atleast_2d(z)
    many = faces.repeat_interleave(len(strengths), dim=0)
    steps = (strengths[:, None] * vector[None]).repeat(len(faces), 1)
    codes = (many + steps).view(len(faces), len(strengths), -1)
    return codes if z.ndim == 2 else codes[0]


def addcmul(z, vector, strengths):
    return torch.addcmul(z.unsqueeze(-2), strengths.unsqueeze(-1), vector)


def by_numpy(z, vector, strengths):
    z, vector, strengths = (t.numpy() for t in (z, vector, strengths))
    return torch.from_numpy(np.expand_dims(z, -2) + np.multiply.outer(strengths, vector))


def vmapped(z, vector, strengths):
    def one(code):
        return torch.vmap(lambda s: code + s * vector)(strengths)

    return one(z) if z.ndim == 1 else torch.vmap(one)(z)


def by_blend(z, vector, strengths):
    """A walk towards z + vector and beyond."""
    start = z.unsqueeze(-2)
    return torch.lerp(start, start + vector, strengths[:, None])


RIGHT = {
    "plain": plain,
    "by_outer_product": by_outer_product,
    "by_cases": by_cases,
    "loops": loops,
    "repeated": repeated,
    "addcmul": addcmul,
    "by_numpy": by_numpy,
    "vmapped": vmapped,
    "by_blend": by_blend,
}

# ---------------------------------------------------------------- known mistakes


def lined_up(z, vector, s):
    return torch.add(z, torch.outer(s, vector))


def strengths_first(z, vector, s):
    return torch.stack([z + strength * vector for strength in s])


def strengths_last(z, vector, s):
    return torch.stack([z + strength * vector for strength in s], dim=-1)


def vector_only(z, vector, s):
    return torch.zeros_like(z).unsqueeze(-2) + torch.outer(s, vector)


def blended(z, vector, s):
    return torch.lerp(z.unsqueeze(-2), vector, s[:, None])


def normalised(z, vector, s):
    return plain(z, torch.nn.functional.normalize(vector, dim=0), s)


def subtracted(z, vector, s):
    return torch.stack([z - strength * vector for strength in s], dim=-2)


def accumulated(z, vector, s):
    code, rows = z, []
    for strength in s:
        code = code + strength * vector
        rows.append(code)
    return torch.stack(rows, dim=-2)


def strength_on_face(z, vector, s):
    return torch.stack([strength * z for strength in s], dim=-2) + vector


def strength_on_both(z, vector, s):
    return torch.stack([strength * (z + vector) for strength in s], dim=-2)


def one_list(z, vector, s):
    if z.ndim == 1:
        return z + torch.outer(s, vector)
    return torch.cat([one + torch.outer(s, vector) for one in z])


def strength_per_dimension(z, vector, s):
    return torch.addcmul(z, vector, s)


MISTAKES = {
    "lined_up": lined_up,
    "strengths_first": strengths_first,
    "strengths_last": strengths_last,
    "vector_only": vector_only,
    "blended": blended,
    "normalised": normalised,
    "subtracted": subtracted,
    "accumulated": accumulated,
    "strength_on_face": strength_on_face,
    "strength_on_both": strength_on_both,
    "one_list": one_list,
    "strength_per_dimension": strength_per_dimension,
}

# ---------------------------------------------------------------- unlisted mistakes


def only_runs(z, vector, strengths):
    """A batch only."""
    batch, columns = z.shape
    return z.view(batch, 1, columns) + torch.outer(strengths, vector)


def one_code_only(z, vector, strengths):
    if z.ndim != 1:
        raise ValueError("one code at a time")
    return z + torch.outer(strengths, vector)


def only_returns(z, vector, strengths):
    """An axis for the batch even where there is none."""
    return plain(torch.atleast_2d(z), vector, strengths)


def squeezed(z, vector, strengths):
    return plain(z, vector, strengths).squeeze()


def only_dtype(z, vector, strengths):
    return plain(z, vector, strengths).float()


def half_precision_inside(z, vector, strengths):
    return plain(z.half(), vector.half(), strengths.half()).to(z)


def only_finite(z, vector, strengths):
    return plain(z, vector, strengths) / (strengths - strengths[0])[:, None]


def only_value(z, vector, strengths):
    return plain(z, vector, strengths) + 0.01


def only_inputs_unchanged(z, vector, strengths):
    codes = plain(z, vector, strengths)
    z += strengths[-1] * vector
    return codes


def last_strength_for_all(z, vector, strengths):
    return plain(z, vector, strengths[-1].expand(len(strengths)))


def first_face_for_all(z, vector, strengths):
    first = z if z.ndim == 1 else z[:1].expand_as(z)
    return plain(first, vector, strengths)


def strengths_backwards(z, vector, strengths):
    return plain(z, vector, strengths.flip(0))


def strengths_clamped(z, vector, strengths):
    return plain(z, vector, strengths.clamp(-1, 1))


def absolute_strengths(z, vector, strengths):
    return plain(z, vector, strengths.abs())


def length_kept(z, vector, strengths):
    codes = plain(z, vector, strengths)
    return codes * z.unsqueeze(-2).norm(dim=-1, keepdim=True) / codes.norm(dim=-1, keepdim=True)


def vector_added_once_more(z, vector, strengths):
    return plain(z + vector, vector, strengths)


def whole_strengths(z, vector, strengths):
    return plain(z, vector, strengths.round())


def projected_out_first(z, vector, strengths):
    unit = vector / vector.norm()
    bare = z - (z @ unit)[..., None] * unit
    return plain(bare, vector, strengths)


def list_of_codes(z, vector, strengths):
    return [z + s * vector for s in strengths]


def strengths_as_integers(z, vector, strengths):
    return plain(z, vector, strengths.round())


UNLISTED = {
    "only_runs": only_runs,
    "one_code_only": one_code_only,
    "only_returns": only_returns,
    "squeezed": squeezed,
    "only_dtype": only_dtype,
    "half_precision_inside": half_precision_inside,
    "only_finite": only_finite,
    "only_value": only_value,
    "only_inputs_unchanged": only_inputs_unchanged,
    "last_strength_for_all": last_strength_for_all,
    "first_face_for_all": first_face_for_all,
    "strengths_backwards": strengths_backwards,
    "strengths_clamped": strengths_clamped,
    "absolute_strengths": absolute_strengths,
    "length_kept": length_kept,
    "vector_added_once_more": vector_added_once_more,
    "whole_strengths": whole_strengths,
    "projected_out_first": projected_out_first,
    "list_of_codes": list_of_codes,
    "strengths_as_integers": strengths_as_integers,
}
