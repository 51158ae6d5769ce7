"""Imported first: what the measurements (bench/) and the end-to-end tests share is found."""
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path += [os.path.join(ROOT, "bench"), os.path.join(ROOT, "tests", "e2e")]
