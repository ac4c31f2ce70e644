"""Who reads a report, with which rights, and who gets nothing."""

import pytest
from django.contrib.auth.models import Group, User

from lacelux.access.keys import issue
from reports.audience import DECIDING, Recipients, Rights, audience

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ALL = Rights(DECIDING)
FIGURES_ONLY = Rights(frozenset({"access.view_figures"}))


def test_each_reads_with_the_rights_of_their_role(owner: User, manager: User, viewer: User):
    found = audience(Recipients(people=(owner.pk, manager.pk, viewer.pk)), ALL)
    assert {reader.address: reader.rights for reader in found.readers} == {
        owner.email: ALL,
        manager.email: ALL,
        viewer.email: FIGURES_ONLY,
    }
    assert found.rights == sorted([ALL, FIGURES_ONLY], key=lambda rights: rights.digest)


def test_nobody_reads_more_than_the_owner_of_the_schedule_may(owner: User, viewer: User):
    found = audience(Recipients(people=(owner.pk,)), Rights.of(viewer))
    assert found.readers[0].rights == FIGURES_ONLY


def test_a_bare_address_reads_as_a_viewer_even_if_it_is_the_owners(owner: User):
    found = audience(Recipients(addresses=("ann@x.test", owner.email)), ALL)
    assert [(reader.person, reader.rights) for reader in found.readers] == [(None, FIGURES_ONLY)] * 2


def test_an_address_counts_once_and_as_the_person_it_was_chosen_by(owner: User):
    found = audience(Recipients(people=(owner.pk,), roles=("owner",), addresses=(owner.email.upper(),)), ALL)
    assert [(reader.person, reader.rights) for reader in found.readers] == [(owner, ALL)]


def test_a_role_is_whoever_holds_it_on_the_day(owner: User, manager: User):
    to = Recipients(roles=("manager",))
    assert [reader.person for reader in audience(to, ALL).readers] == [manager]
    owner.groups.set([Group.objects.get(name="manager")])
    assert {reader.person for reader in audience(to, ALL).readers} == {manager, owner}


def test_who_gets_nothing_is_told_with_the_reason(owner: User, manager: User, pos: User, viewer: User):
    User.objects.filter(pk=manager.pk).update(is_active=False)
    User.objects.filter(pk=viewer.pk).update(email="")
    found = audience(Recipients(people=(owner.pk, manager.pk, pos.pk, viewer.pk)), ALL)
    assert [reader.person for reader in found.readers] == [owner]
    assert sorted(found.passed_over) == [
        "marcus: may no longer sign in",
        "till: may not see figures",
        "victor: has no e-mail address",
    ]


def test_programs_of_a_role_read_no_mail(owner: User):
    issue(name="shop", role="owner")
    found = audience(Recipients(roles=("owner",)), ALL)
    assert [reader.person for reader in found.readers] == [owner]
    assert found.passed_over == ()


def test_a_person_who_may_not_sign_in_has_no_rights_at_all(owner: User):
    owner.is_active = False
    assert Rights.of(owner).permissions == frozenset()
