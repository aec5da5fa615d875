"""Speed and memory of fastnn beside its peers, measured in one run."""
