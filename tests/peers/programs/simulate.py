"""A simulation of three numbers."""

import sys

alpha, beta, gamma = map(float, sys.argv[1:])
print("value", alpha * gamma + beta)
