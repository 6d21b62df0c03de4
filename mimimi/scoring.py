"""From logits to scores: of a window, a segment, a recording."""

from __future__ import annotations

from torch import Tensor


def window_scores(logits: Tensor) -> Tensor:
    """Cross-entropy of each id, in nats: how little a window sounds like that machine.

    Args:
        logits: of the total branch, `(..., ids)`.

    Returns:
        The same shape; column k is the score if the recording is said to be of id k.

    Source: Kim et al. 2021, section on inference: only the total branch is used.

    Example:
        >>> import torch
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
