"""The services of docker-compose.yml as processes on this machine: the same settings, no container engine."""
