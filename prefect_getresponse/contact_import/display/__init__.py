"""Display: how people see an import, on a terminal and in Prefect."""
