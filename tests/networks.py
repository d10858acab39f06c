"""Small networks for the tests of ties: built without a config, and looked at row by row."""

import numpy as np

from sim.network.network import Network, build_network
from sim.settings.network_config import NetworkConfig

AUDIENCE = np.array([0.5, 0.1, 0.01])


def built(seed=1, sizes=(600, 1050, 1350), **settings) -> Network:
    return build_network(NetworkConfig(**settings), seed, *sizes, AUDIENCE)


def rows_of(network):
    """Who sees the posts of each account."""
    return [
        network.followers[network.indptr[i] : network.indptr[i + 1]]
        for i in range(network.n_people + network.n_kols)
    ]
