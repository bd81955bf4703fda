"""All screens, in one list: a page that is not named here does not exist."""

from flask import Blueprint

from server.web.account import account
from server.web.accounts import accounts
from server.web.agent_door import agent_door
from server.web.api_tokens import api_tokens
from server.web.approval_links import approval_links, phone_approval
from server.web.approvals import approvals
from server.web.audio import audio
from server.web.audit import audit
from server.web.break_glass import break_glass
from server.web.browsers import browsers
from server.web.campaigns import campaigns
from server.web.card import card
from server.web.causes import causes
from server.web.commands import commands
from server.web.contributions import contribution_desk, contributions
from server.web.coverage import coverage
from server.web.delegations import delegations
from server.web.diary import diary
from server.web.digests import digests, summaries
from server.web.emergencies import emergencies
from server.web.emergency_settings import emergency_settings
from server.web.enrolment import enrolment
from server.web.events import events
from server.web.exercises import exercises
from server.web.fault_list import fault_list
from server.web.faults import faults
from server.web.first_day import first_day
from server.web.fleet import fleet
from server.web.fleet_import import fleet_import
from server.web.further import further
from server.web.health import health
from server.web.health_days import health_days
from server.web.inbox import inbox
from server.web.inspection import inspection
from server.web.languages import languages
from server.web.log import log
from server.web.loudspeakers import loudspeakers
from server.web.notices import notices
from server.web.ordering import ordering
from server.web.outages import outages
from server.web.outside_approvals import outside_approvals, outside_summaries
from server.web.place_order import place_order
from server.web.positions import positions
from server.web.programme_parts import parts
from server.web.programmes import programmes
from server.web.regulation import regulation
from server.web.royalties import royalties
from server.web.second_factor import second_factor
from server.web.session_templates import session_templates
from server.web.silence import silence
from server.web.simulate import simulate
from server.web.slots import slots
from server.web.start import start
from server.web.styleguide import styleguide
from server.web.substitutions import substitutions
from server.web.takes import sounds
from server.web.today import today
from server.web.units import units
from server.web.upkeep import upkeep
from server.web.week import week
from server.web.why import why
from server.web.zones import zones

SCREENS: tuple[Blueprint, ...] = (
    start,
    account,
    api_tokens,
    second_factor,
    browsers,
    today,
    place_order,
    week,
    further,
    first_day,
    session_templates,
    substitutions,
    languages,
    programmes,
    campaigns,
    notices,
    sounds,
    parts,
    slots,
    approvals,
    delegations,
    approval_links,
    phone_approval,
    outside_approvals,
    outside_summaries,
    inbox,
    contributions,
    contribution_desk,
    loudspeakers,
    fleet_import,
    enrolment,
    upkeep,
    positions,
    outages,
    causes,
    faults,
    fault_list,
    health_days,
    digests,
    summaries,
    commands,
    log,
    inspection,
    fleet,
    diary,
    card,
    coverage,
    royalties,
    silence,
    ordering,
    regulation,
    emergencies,
    break_glass,
    emergency_settings,
    exercises,
    units,
    accounts,
    audit,
    zones,
    audio,
    agent_door,
    health,
    events,
    why,
    simulate,
    styleguide,
)
