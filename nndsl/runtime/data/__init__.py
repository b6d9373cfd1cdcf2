"""Data: sources, what makes which port, parts, and what is learnt of the training part."""

from nndsl.runtime.data.load import Dataset, check_data, check_names, load_data
from nndsl.runtime.data.preparation import Preparation
from nndsl.runtime.data.prepare import prepare
from nndsl.runtime.data.sources import open_file, source_of
from nndsl.runtime.data.table import Table, plain_outline
from nndsl.runtime.data.wanted import Wanted
from nndsl.runtime.data.write import write_arrays

__all__ = ["Dataset", "Preparation", "Table", "Wanted", "check_data", "check_names", "load_data", "open_file", "plain_outline",
           "prepare", "source_of", "write_arrays"]
