"""Everything a person sees: templates, one stylesheet, small ES modules, translations."""
