<?php
/**
 * What happens in the wiki of test_extract.py: everything of which histories are made, each at a
 * time of its own in 2021. MediaWiki does it all by itself; nothing is written into its tables.
 */

use MediaWiki\MediaWikiServices;
use Wikimedia\Timestamp\ConvertibleTimestamp;

require_once getenv( 'MW_INSTALL_PATH' ) . '/maintenance/Maintenance.php';

class WikiOfKnownEvents extends Maintenance {
	private const BORROWED = '<mediawiki version="0.11"><page><title>Borrowed</title><ns>0</ns>
		<revision><id>71</id><timestamp>2020-12-01T12:00:00Z</timestamp>
		<contributor><username>Eve</username><id>9</id></contributor><comment>Début</comment>
		<model>wikitext</model><format>text/x-wiki</format><text>Un.</text></revision>
		<revision><id>72</id><timestamp>2020-12-02T12:00:00Z</timestamp>
		<contributor><username>Eve</username><id>9</id></contributor><comment>Suite</comment>
		<model>wikitext</model><format>text/x-wiki</format><text>Un. Deux.</text></revision>
		</page></mediawiki>';

	private $services;

	private function at( string $time ): void {
		ConvertibleTimestamp::setFakeTime( $time );
		DeferredUpdates::doUpdates();
	}

	private function user( string $name ): User {
		$user = User::newFromName( $name );
		$this->services->getAuthManager()
			->autoCreateUser( $user, MediaWiki\Auth\AuthManager::AUTOCREATE_SOURCE_MAINT, false );
		return $user;
	}

	/** An account that somebody makes for himself, at the form. */
	private function signUp( string $name ): User {
		$password = new MediaWiki\Auth\PasswordAuthenticationRequest();
		$password->action = MediaWiki\Auth\AuthManager::ACTION_CREATE;
		$password->password = $password->retype = 'a long enough password';
		$who = new MediaWiki\Auth\UsernameAuthenticationRequest();
		$password->username = $who->username = $name;
		$told = $this->services->getAuthManager()->beginAccountCreation(
			new User(), [ $who, $password ], 'http://wiki.example/' );
		if ( $told->status !== MediaWiki\Auth\AuthenticationResponse::PASS ) {
			throw new RuntimeException( $told->message ? $told->message->text() : $told->status );
		}
		return User::newFromName( $name );
	}

	private function page( string $title ): WikiPage {
		return $this->services->getWikiPageFactory()->newFromTitle( Title::newFromText( $title ) );
	}

	private function edit( string $title, string $text, User $by, string $comment = '',
		int $flags = 0, array $tags = []
	): int {
		$status = $this->page( $title )->doUserEditContent(
			ContentHandler::makeContent( $text, Title::newFromText( $title ) ),
			$by, $comment, $flags, false, $tags
		);
		$this->must( $status );
		return $status->value['revision-record']->getId();
	}

	private function move( string $from, string $to, User $by, bool $leaves_redirect ): void {
		$this->must( $this->services->getMovePageFactory()
			->newMovePage( Title::newFromText( $from ), Title::newFromText( $to ) )
			->move( $by, 'Better title', $leaves_redirect ) );
	}

	private function must( StatusValue $status ): void {
		if ( !$status->isOK() ) {
			throw new RuntimeException( Status::wrap( $status )->getWikiText( false, false, 'en' ) );
		}
	}

	public function execute() {
		$this->services = $services = MediaWikiServices::getInstance();

		$this->at( '20210101000000' );
		$admin = User::newFromName( 'Admin' );
		$this->at( '20210102000000' );
		$ann = $this->signUp( 'Ann' );
		$this->at( '20210102000001' );
		$bob = $this->user( 'Bob' );
		$this->at( '20210102000002' );
		$bot = $this->user( 'Sweeper' );
		$this->at( '20210102000003' );
		$renamed = $this->user( 'Käthe before' );
		$this->at( '20210102000004' );
		$hidden = $this->user( 'An insult' );
		$anonymous = User::newFromName( '192.0.2.7', false );

		$this->at( '20210105000000' );
		$context = new DerivativeContext( RequestContext::getMain() );
		$context->setUser( $admin );
		$rights = new UserrightsPage();
		$rights->setContext( $context );
		$rights->doSaveUserGroups( $bot, [ 'bot' ], [], 'Approved' );

		// Edits, one a revert, one by a bot, one anonymous, one tagged.
		$this->at( '20210110120000' );
		$this->edit( 'Cat', 'Cats are animals.', $ann, 'A beginning' );
		$this->at( '20210111120000' );
		$this->edit( 'Cat', 'Cats are spam.', $anonymous, 'improved' );
		$this->at( '20210111120500' );
		$this->edit( 'Cat', 'Cats are animals.', $bob, 'No', EDIT_MINOR, [ 'of-the-test' ] );
		$this->at( '20210112120000' );
		$this->edit( 'Cat', 'Cats are animals. [[Category:X]]', $bot, 'Sorted', EDIT_FORCE_BOT );
		$this->at( '20210113120000' );
		$this->edit( 'Кошка', "😀 \"quoted\" \\ and\ttabs", $renamed, 'Öffnet \'Кошка\' <&> 😀' );
		$this->at( '20210114120000' );
		$this->edit( 'Talk:Cat', 'Is it?', $ann );
		$this->at( '20210115120000' );
		$this->edit( 'Dog', 'Dogs.', $ann );
		$this->at( '20210115130000' );
		$insult = $this->edit( 'Dog', 'A secret.', $hidden, 'a comment that nobody may see' );
		$this->at( '20210116120000' );
		$this->edit( 'Dog', 'Dogs are animals.', $ann, 'Mended' );

		// Moves: one leaves a redirect, the way back goes over it, one leaves none.
		$this->at( '20210120120000' );
		$this->move( 'Dog', 'Dogs', $bob, true );
		$this->at( '20210121120000' );
		$this->move( 'Dogs', 'Dog', $bob, true );
		$this->at( '20210122120000' );
		$this->edit( 'Old place', 'Text', $bob );
		$this->at( '20210122130000' );
		$this->move( 'Old place', 'New place', $admin, false );

		// Deleted for good; deleted and restored.
		$this->at( '20210125120000' );
		$this->edit( 'Spam', 'Buy!', $anonymous, 'hello' );
		$this->at( '20210126120000' );
		$this->must( $services->getDeletePageFactory()
			->newDeletePage( $this->page( 'Spam' ), $admin )->deleteUnsafe( 'Spam' ) );
		$this->at( '20210127120000' );
		$this->edit( 'Mouse', 'Mice.', $bob );
		$this->at( '20210128120000' );
		$this->must( $services->getDeletePageFactory()
			->newDeletePage( $this->page( 'Mouse' ), $admin )->deleteUnsafe( 'A mistake' ) );
		$this->at( '20210129120000' );
		$this->must( $services->getUndeletePageFactory()
			->newUndeletePage( $this->page( 'Mouse' ), $admin )->undeleteUnsafe( 'Back' ) );

		// Merged: the older one's history goes to the newer one.
		$this->at( '20210201120000' );
		$this->edit( 'Pig', 'One.', $ann );
		$this->at( '20210202120000' );
		$this->edit( 'Pigs', 'Two.', $bob );
		$this->at( '20210203120000' );
		$this->must( $services->getMergeHistoryFactory()
			->newMergeHistory( Title::newFromText( 'Pig' ), Title::newFromText( 'Pigs' ) )
			->merge( $admin, 'The same' ) );

		// Brought from another wiki, with its older edits by somebody who has no account here.
		$this->at( '20210204120000' );
		$importer = $services->getWikiImporterFactory()
			->getWikiImporter( new ImportStringSource( self::BORROWED ) );
		$importer->setUsernamePrefix( 'fr', false );
		$importer->doImport();

		// Blocked for a time, named anew, hidden altogether.
		$this->at( '20210205120000' );
		$this->must( $services->getBlockUserFactory()
			->newBlockUser( $bob, $admin, '3 days', 'Quarrels' )->placeBlockUnsafe() );
		$this->at( '20210210120000' );
		$rename = new MediaWiki\Extension\Renameuser\RenameuserSQL(
			'Käthe before', 'Käthe', $renamed->getId(), $admin, [ 'reason' => 'She asked' ] );
		if ( !$rename->rename() ) {
			throw new RuntimeException( 'not renamed' );
		}
		$this->at( '20210211120000' );
		$this->edit( 'Кошка', 'Кошки.', User::newFromName( 'Käthe' ), 'later' );
		$this->at( '20210212120000' );
		$list = RevisionDeleter::createList(
			'revision', $context, Title::newFromText( 'Dog' ), [ $insult ] );
		$this->must( $list->setVisibility( [
			'value' => [
				MediaWiki\Revision\RevisionRecord::DELETED_TEXT => 1,
				MediaWiki\Revision\RevisionRecord::DELETED_COMMENT => 1,
			],
			'comment' => 'insult',
		] ) );
		$this->at( '20210213120000' );
		$this->must( $services->getBlockUserFactory()
			->newBlockUser( $hidden, $admin, 'infinity', 'An insult', [ 'isHideUser' => true ] )
			->placeBlockUnsafe() );

		// After the end of the snapshot.
		$this->at( '20210301000000' );
		$this->edit( 'Cat', 'Cats are from March.', $ann, 'too late for February' );
		DeferredUpdates::doUpdates();
		$jobs = $services->getJobRunner();
		$jobs->run( [ 'type' => false, 'maxJobs' => 0, 'maxTime' => 0, 'throttle' => false ] );
	}
}

$maintClass = WikiOfKnownEvents::class;
require_once RUN_MAINTENANCE_IF_MAIN;
