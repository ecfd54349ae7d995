"""Everything stands in pyproject.toml; this lets an editable install have data files, too."""

from setuptools import Distribution, setup


class DistributionWithData(Distribution):
    """Answers what setuptools' editable_wheel asks: it misspells `has_data_files`."""

    def has_data(self) -> bool:
        """Return whether there are data files: the kernel spec is one."""
        return self.has_data_files()


setup(distclass=DistributionWithData)
