"""A two-level reader of params.yaml: enough for these scripts, without a package."""
def load(name):
    values, section = {}, None
    for line in open("params.yaml"):
        if line.strip() and not line.startswith(" "):
            section = line.split(":")[0].strip()
        elif ":" in line and section == name:
            key, value = line.strip().split(":")
            values[key] = float(value) if "." in value else int(value)
    return values
