battery "csb-gp645" { class = "agm", cells = 3, capacity_Ah = 4.5, at_hours = 20 }
