"""Campaigns: made, changed, filled with programmes, started and ended; and how far each is."""

from apiflask import APIBlueprint

from schedules.ids import CampaignId, ProgrammeId, UnitId
from server.api import asking
from server.api.campaign_shapes import (
    Campaigns,
    CampaignSent,
    CampaignShown,
    Everywhere,
    ProgrammeSent,
    Progress,
    progress_of,
    shown,
)
from server.api.centre import centre
from server.api.views import Write, reads, writes
from server.services import attainments
from server.services import campaigns as services
from server.token_records import Scope
from server.values import Person, StoredCampaign

campaigns = APIBlueprint("campaigns", __name__, tag="Campaigns")

EDITS = Write(scope=Scope.SCHEDULE, edits=True)


@reads(campaigns, "/units/<unit>/campaigns", Campaigns)
def listed(person: Person, unit: str) -> Campaigns:
    """Give the campaigns that concern a station, without drafts."""
    found = attainments.listed(centre().store, person, UnitId(unit))
    return Campaigns(campaigns=[shown(each.campaign) for each in found])


@reads(campaigns, "/campaigns/<campaign>", CampaignShown, scope=Scope.SCHEDULE)
def one(person: Person, campaign: str) -> CampaignShown:
    """Give a campaign, a draft too, to those who write it; its version is for `If-Match`."""
    return shown(services.get(centre().store, person, CampaignId(campaign)).campaign)


@reads(campaigns, "/units/<unit>/campaigns/<campaign>", Progress, asks=Everywhere)
def progress(person: Person, unit: str, campaign: str, query: Everywhere) -> Progress:
    """Give how far a campaign is at a station: heard, planned, and what cannot be met."""
    account = attainments.account_of(
        centre().store,
        centre().clock,
        person,
        CampaignId(campaign),
        station=UnitId(unit),
        everywhere=query.everywhere,
    )
    return progress_of(account)


@writes(
    campaigns,
    "POST",
    "/units/<unit>/campaigns",
    Write(scope=Scope.SCHEDULE, status=201),
    CampaignShown,
    takes=CampaignSent,
)
def create(person: Person, unit: str, sent: CampaignSent) -> CampaignShown:
    """Make a campaign of a unit, as a draft."""
    return _stored(services.create(centre().store, centre().clock, person, unit=UnitId(unit), draft=sent.draft()))


@writes(campaigns, "PUT", "/campaigns/<campaign>", EDITS, CampaignShown, takes=CampaignSent)
def change(person: Person, campaign: str, sent: CampaignSent) -> CampaignShown:
    """Give a campaign another purpose, basis, period or goals; its programmes stay."""
    which, version = CampaignId(campaign), asking.seen_number()
    return _stored(services.change(centre().store, centre().clock, person, which, draft=sent.draft(), version=version))


@writes(campaigns, "POST", "/campaigns/<campaign>/programmes", EDITS, CampaignShown, takes=ProgrammeSent)
def put_in(person: Person, campaign: str, sent: ProgrammeSent) -> CampaignShown:
    """Let a programme count for a campaign."""
    which, programme, version = CampaignId(campaign), ProgrammeId(sent.programme), asking.seen_number()
    return _stored(services.put_in(centre().store, centre().clock, person, which, programme, version=version))


@writes(campaigns, "DELETE", "/campaigns/<campaign>/programmes/<programme>", EDITS, CampaignShown)
def take_out(person: Person, campaign: str, programme: str) -> CampaignShown:
    """Let a programme no longer count for a campaign; its slots stay as they are."""
    which, version = CampaignId(campaign), asking.seen_number()
    return _stored(
        services.take_out(centre().store, centre().clock, person, which, ProgrammeId(programme), version=version)
    )


@writes(campaigns, "POST", "/campaigns/<campaign>/start", EDITS, CampaignShown)
def start(person: Person, campaign: str) -> CampaignShown:
    """Put a campaign in force."""
    which, version = CampaignId(campaign), asking.seen_number()
    return _stored(services.start(centre().store, centre().clock, person, which, version=version))


@writes(campaigns, "POST", "/campaigns/<campaign>/end", EDITS, CampaignShown)
def end(person: Person, campaign: str) -> CampaignShown:
    """End a campaign; what it attained stays to be seen."""
    which, version = CampaignId(campaign), asking.seen_number()
    return _stored(services.end(centre().store, centre().clock, person, which, version=version))


def _stored(stored: StoredCampaign) -> CampaignShown:
    return shown(stored.campaign)
