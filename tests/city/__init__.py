"""青禾市, a fictional city with known truth: what tests, the demo and the benchmarks harvest.

It speaks the families of real disclosure sites over real HTTP on loopback, and knows every item, every seeded
breach and every fault that must not be held against a unit. It uses nothing of the rooms, and no room uses it.
"""

from tests.city.annual import Annual
from tests.city.city import City, Served

__all__ = ["Annual", "City", "Served"]
