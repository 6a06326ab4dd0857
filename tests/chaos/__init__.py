"""Router replicas that are killed, frozen, ended, added and removed while customers write."""
