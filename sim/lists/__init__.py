"""Public lists of trending topics, as they were measured: how hard it is to be on one."""
