"""Pages, figures and tables of the demo, of a study, of a calibration."""
