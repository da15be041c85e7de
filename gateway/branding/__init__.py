"""How clients, and the house itself, look to people: from settings, with no template to edit."""
