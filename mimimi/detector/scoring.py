"""From logits to scores: of a window, a segment, a recording, and of several networks together."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def window_scores(logits: Tensor) -> Tensor:
    """Cross-entropy of each id, in nats: how little a window sounds like that machine.

    Args:
        logits: of the total branch, `(..., ids)`.

    Returns:
        The same shape; column k is the score if the recording is said to be of id k.

    Source: Kim et al. 2021, section on inference: only the total branch is used.

    Example:
        >>> window_scores(torch.tensor([[0.0, 0.0]]))
        tensor([[0.6931, 0.6931]])
    """
    return -logits.log_softmax(dim=-1)


def segment_scores(scores: Tensor) -> Tensor:
    """Mean over windows: `(segment, window, ids)` to `(segment, ids)`."""
    return scores.mean(dim=-2)


def recording_score(scores: Tensor) -> Tensor:
    """Mean over segments: `(segment, ids)` to `(ids,)`.

    A recording of one segment, such as a MIMII clip, has that segment's score.
    """
    return scores.mean(dim=0)


def fused(scores: Sequence[Tensor]) -> Tensor:
    """Mean over members, window by window.

    Members see a segment through windows of their own, some as a whole. The first one's windows
    are kept; one with other windows counts in all of a segment's with its mean over the segment.
    So a segment's score is the mean of its members' scores of it.

    Args:
        scores: of each member on one scale, `(segment, its windows, ids)`.

    Returns:
        `(segment, windows of the first, ids)`.

    Example:
        >>> fused([torch.tensor([[[0.0], [2.0]]]), torch.tensor([[[4.0]]])]).flatten()
        tensor([2., 3.])
    """
    windows = scores[0].shape[1]
    by_window = [
        score if score.shape[1] == windows else score.mean(dim=1, keepdim=True).expand_as(scores[0])
        for score in scores
    ]
    return torch.stack(by_window).mean(dim=0)
