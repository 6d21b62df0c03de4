"""Recipes: the paper's stays the paper's, whatever the ensemble does."""

from mimimi.config import FrontEnd, MemberRecipe, NetworkConfig, TrainingConfig
from mimimi.networks.architecture import BLOCKS, blocks
from mimimi.recipes import recipe


def test_the_papers_recipe_is_table_1_and_the_brief() -> None:
    (member,) = recipe("paper").members
    assert member == MemberRecipe("paper", FrontEnd(), NetworkConfig(), TrainingConfig())
    assert member.network == NetworkConfig("split", "softmax", 1.0, 2)
    assert blocks(member.network) == list(BLOCKS)
    assert not recipe("paper").memories


def test_the_ensembles_complex_network_strides_by_four_first() -> None:
    member = recipe("ensemble").members[0]
    assert isinstance(member.network, NetworkConfig)
    assert [stride for _, stride, _ in blocks(member.network)] == [
        (4, 4),
        *(stride for _, stride, _ in BLOCKS[1:]),
    ]
