"""File formats of sales: one module each, named in settings.INTAKE_FORMATS."""
