class IStrategy:
    """Its callbacks are called by freqtrade_loop.py."""

    def __init__(self, config):
        self.config = config
