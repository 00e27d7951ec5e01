"""The metrics API over HTTP: Wikistats and the API's other clients read a lake from here."""
