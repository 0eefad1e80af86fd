"""The errors that the two APIs document: code, HTTP status and words, and their bodies."""

from typing import Any

from exchange import Answer

ROBOT = {
    "INVALID_INPUT": (400, "invalid input"),
    "UNAUTHORIZED": (401, "Unauthorized"),
    "RATE_LIMIT_EXCEEDED": (403, "rate limit exceeded"),
    "NOT_FOUND": (404, "Not Found"),
    "FAILOVER_NEW_SERVER_NOT_FOUND": (404, "Destination server not found"),
    "SERVER_NOT_FOUND": (404, "Server not found"),
    "RESET_NOT_AVAILABLE": (404, "The server has no reset option"),
    "FAILOVER_LOCKED": (409, "The failover ip can not be set up due to an active lock."),
    "FAILOVER_ALREADY_ROUTED": (409, "The failover ip is already routed to the selected server"),
    "RESET_MANUAL_ACTIVE": (409, "There is already a running manual reset"),
    "INTERNAL_ERROR": (500, "Internal error"),
    "FAILOVER_FAILED": (500, "Due to an internal error switching of the failover IP address failed"),
    "FAILOVER_NOT_COMPLETE": (500, "Due to an internal error switching of the failover IP address failed"),
    "RESET_FAILED": (500, "Resetting failed due to an internal error"),
}

CLOUD = {
    "json_error": (400, "invalid JSON input in your request"),
    "unauthorized": (401, "unable to authenticate"),
    "forbidden": (403, "insufficient permissions for this request"),
    "token_readonly": (403, "the token is only allowed to perform GET requests"),
    "not_found": (404, "entity not found"),
    "conflict": (409, "the resource has changed during the request, please retry"),
    "uniqueness_error": (409, "one or more of the objects fields must be unique"),
    "ip_not_available": (409, "the provided network IP is not available"),
    "deprecated_api_endpoint": (410, "API functionality was removed"),
    "invalid_input": (422, "invalid input"),
    "resource_unavailable": (422, "the requested resource is currently unavailable"),
    "unsupported_error": (422, "the corresponding resource does not support the action"),
    "server_not_attached_to_network": (422, "server is not attached to the network"),
    "floating_ip_assigned": (422, "the floating IP is already assigned"),
    "locked": (423, "there is already an action running"),
    "rate_limit_exceeded": (429, "limit of 3600 requests per hour reached"),
    "server_error": (500, "error within the API backend"),
    "service_error": (500, "error within a service"),
    "maintenance": (503, "cannot perform operation due to maintenance"),
    "unavailable": (503, "a service or product is currently not available"),
    "timeout": (504, "the request could not be answered in time, please retry"),
}

# Neither documents a body for these: what stands before the API answers, and not in JSON.
GATEWAY = {
    502: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
    503: "<html><head><title>Maintenance</title></head><body><h1>Maintenance</h1></body></html>",
    504: "<html><head><title>504 Gateway Time-out</title></head><body><h1>504 Gateway Time-out</h1></body></html>",
}


def robot_error(code: str, message: str = "", status: int = 0, **more: Any) -> Answer:
    known_status, words = ROBOT.get(code, (status or 500, code))
    error = {"status": status or known_status, "code": code, "message": message or words}
    if code == "INVALID_INPUT":
        error |= {"missing": None, "invalid": None}
    if code == "RATE_LIMIT_EXCEEDED":
        error |= {"max_request": 100, "interval": 3600}
    headers = {"WWW-Authenticate": 'Basic realm="webservice"'} if code == "UNAUTHORIZED" else {}
    return Answer(error["status"], {"error": error | more}, headers)


def cloud_error(code: str, message: str = "", status: int = 0, details: Any = None) -> Answer:
    known_status, words = CLOUD.get(code, (status or 500, code))
    return Answer(status or known_status, {"error": {"code": code, "message": message or words, "details": details}})


def error_of(api: str, status: int = 0, code: str = "", message: str = "") -> Answer:
    """The error of a plan: from its code, else the first one of its status, else a page of HTML."""
    if api == "webhook":
        return Answer(status, {"error": message or code})
    cloud = api == "cloud"
    table = CLOUD if cloud else ROBOT
    if not code and status not in GATEWAY:
        code = next((name for name, (of, _) in table.items() if of == status), "")
    if not code:
        return Answer(status, GATEWAY.get(status, f"<html><body><h1>{status}</h1></body></html>"))
    return cloud_error(code, message, status) if cloud else robot_error(code, message, status)

