"""Water meters: points, devices, readings, and what a reading must hold to be believed."""
