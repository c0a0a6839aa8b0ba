"""The closed sets of values that records and needs share."""

KINDS = (
    "apprenticeship",
    "bootcamp",
    "course",
    "micro-credential",
    "mobility",
    "mooc",
    "programme",
    "traineeship",
)
MODES = ("online", "on-site", "blended", "work-based")
ECOSYSTEMS = (
    "Aerospace & defence",
    "Agri-food",
    "Construction",
    "Cultural & creative",
    "Digital",
    "Electronics",
    "Energy-intensive industries",
    "Energy-renewables",
    "Health",
    "Mobility-transport-automotive",
    "Proximity & social economy",
    "Retail",
    "Textiles",
    "Tourism",
)
CROSS_SECTOR = "cross-sector"
AUDIENCES = (
    "unemployed",
    "employed",
    "self-employed",
    "sme",
    "young",
    "over-50",
    "women",
    "refugee",
    "migrant",
    "disabled",
    "low-qualified",
    "graduate",
)
